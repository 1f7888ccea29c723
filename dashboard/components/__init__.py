"""The half of the dashboard that runs in the browser: JavaScript and CSS, read at import."""
