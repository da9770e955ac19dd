"""`python -m backend.training`: trains when staff ask for it and passes changes of the model on, until told to stop."""

from backend.training.keeper import main

main()
