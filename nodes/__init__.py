"""The steps of the graph; they know langchain-core, langgraph and each other, nothing of `graph`."""
