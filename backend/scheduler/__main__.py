from backend.scheduler.run import main

main()
