[1, 2].each { if (it == 2) throw new UnsupportedOperationException("item $it") }
