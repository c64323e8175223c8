println(['a', 'bb']*.length())
println(['a', 'bb']*.toUpperCase())
println([' x ', 'y ']*.trim())
println(['a', null]*.length())
