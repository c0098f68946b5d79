"""What runs inside Triton's python backend; a copy of this package lies in every version folder."""
