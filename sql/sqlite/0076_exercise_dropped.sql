-- Of an exercise that came from the node above: 1 = it is cancelled here because this node takes part no more,
-- and may be asked again.
ALTER TABLE exercise ADD COLUMN dropped INTEGER NOT NULL DEFAULT 0;
