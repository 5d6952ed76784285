"""The command line: ``tokenspace COMMAND``; one file a command, nothing heavy imported before a command runs."""
