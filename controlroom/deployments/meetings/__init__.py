"""Manages meetings of the JAG, their agenda, and the decisions they take."""
