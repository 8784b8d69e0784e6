"""The screens of the Studio: scripts that Streamlit runs, one for each page."""
