for (text in ['', 'abc', '1.5', ' 1', '99999999999', '+', null]) {
    try { println Integer.parseInt(text) } catch (e) { println e }
}
try { println '1,5'.toInteger() } catch (e) { println e }
try { println 'x'.toBigDecimal() } catch (e) { println e.class.name }
try { println Double.parseDouble('x') } catch (e) { println e }
try { println 'abc'.toLong() } catch (e) { println e }
