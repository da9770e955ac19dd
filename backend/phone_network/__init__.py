"""A telephone network in one process: any number is a handset, our line is one of its customers."""
