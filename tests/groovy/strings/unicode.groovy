println 'größe'.size()
println '中文'.length()
println '中文'[0]
println '😀'.length()
println '😀'.codePointAt(0)
println '😀'.reverse().length()
println '中文字'.substring(1)
println 'é'.codePointAt(0)
println 'a😀b'.codePointCount(0, 4)
