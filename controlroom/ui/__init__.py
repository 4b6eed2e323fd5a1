"""Shows the desk: windows, pages and the widgets they share."""
