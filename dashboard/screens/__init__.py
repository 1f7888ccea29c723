"""The pages: each one `show(client, frame)`, widgets in, questions to the API, widgets out."""
