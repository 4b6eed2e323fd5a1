"""The desk: windows, pages and the widgets they share."""
