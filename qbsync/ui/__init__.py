"""The dashboard's parts. With `pages`, the only importer of streamlit."""
