"""What runs beside the student: properties, oracles, comparison, diagnosis."""
