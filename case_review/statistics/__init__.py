"""Numbers in, typed values out: survival, Cox model, restricted means, proportions, resampling.

It knows no file, no label of a review and no drawing, and imports only the ground; everything above
may import it. Times, events and groups come in as columns, estimates go out as values.
"""
