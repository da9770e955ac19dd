"""A year of a county, invented: does the line's way of offering work beat plain ways (issue 5, E03, H03, W04)?"""
