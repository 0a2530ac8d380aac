"""What the frozen program starts with."""

from amif_netcheck.__main__ import main

raise SystemExit(main())
