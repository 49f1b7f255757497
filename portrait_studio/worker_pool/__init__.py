"""Tasks shared out among processes of this machine or the machines of a cluster, whatever the tasks are."""
