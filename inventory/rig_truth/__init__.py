"""What rigs say of themselves against what is booked on them."""
