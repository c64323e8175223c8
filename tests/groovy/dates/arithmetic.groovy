def d = Date.parse('yyyy-MM-dd', '2024-02-28')
println((d + 1).format('yyyy-MM-dd'))
println((d + 2).format('yyyy-MM-dd'))
println((d - 28).format('yyyy-MM-dd'))
println((d + 2) - d)
println d.plus(1).format('MM/dd')
println d.next().format('dd')
println d.previous().format('dd')
def e = d.clone()
e.time = 0
println d.time
println e.time
println d.clearTime().format('HH:mm:ss')
