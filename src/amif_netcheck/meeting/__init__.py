"""Which meeting, when and where: what people type or are sent."""
