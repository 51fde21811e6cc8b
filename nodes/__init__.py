"""The steps of the graph. They know langchain-core and langgraph, nothing of `graph`."""
