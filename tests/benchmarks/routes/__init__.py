"""What the solver reaches on published sets and made-up towns, in CPU seconds of one core, beside its peers."""
