println([q: 'a b', n: 5].collect { k, v -> "$k=${URLEncoder.encode(v.toString(), 'UTF-8')}" }.join('&'))
println([FOO: 'x', BAR: 'y'].collect { k, v -> "${k}=${v}" })
println([a: 1].collect { it.toString() })
