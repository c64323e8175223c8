for (s in ['42', '-7', '1.5', 'abc', '', '1e3', '99999999999', ' 5 ', '0x1F', '1L']) {
    println "'$s' ${s.isInteger()} ${s.isLong()} ${s.isNumber()} ${s.isDouble()} ${s.isBigDecimal()} ${s.isFloat()} ${s.isBigInteger()}"
}
