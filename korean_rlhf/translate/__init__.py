"""English instructions to Korean ones: protect, translate, repair at the seams, check."""
