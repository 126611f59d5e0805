"""`python -m wfc`: the command, also where its script is not on the path."""

from wfc.command import main

main()
