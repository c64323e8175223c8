println 'abc'.bytes
println 'abc'.getBytes('UTF-8').length
println 'é'.getBytes('UTF-8').length
println 'é'.getBytes('ISO-8859-1').length
println new String([72, 105] as byte[])
println new String('é'.getBytes('UTF-8'), 'UTF-8')
println 'abc'.bytes.encodeBase64().toString()
println 'abc'.bytes.encodeHex().toString()
println 'hi'.bytes.toList()
println new String('aGk='.decodeBase64())
