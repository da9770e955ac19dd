"""The truth and everything that serves it: rules, services, store, carriers, web, worker, scheduler."""
