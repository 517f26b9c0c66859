"""Use cases: one public function each, on a Context of ports. They read no clock and no settings."""
