"""The model of the call: packets that were seen -> what sound and picture will be, each way. Pure."""
