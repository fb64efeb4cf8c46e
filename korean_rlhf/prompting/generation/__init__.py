"""Native Korean instructions made by a model from seeds: drawn, asked, sifted, answered, judged."""
