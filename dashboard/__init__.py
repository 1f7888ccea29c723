"""The screens: Streamlit pages that talk to the API and to nothing else."""
