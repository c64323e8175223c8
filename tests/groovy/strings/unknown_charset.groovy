'abc'.getBytes('no-such-charset')
