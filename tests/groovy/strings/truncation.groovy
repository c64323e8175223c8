def shorten = { s, n -> s.size() > n ? s[0..<n - 3] + '...' : s }
println shorten('a long sentence here', 10)
println shorten('short', 10)
