'abc'.substring(2, 9)
