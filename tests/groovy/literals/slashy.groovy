println(/a\d+b/)
println(/c:\temp/)
println(/a\/b/)
def n = 5
println(/value $n and ${n + 1}/)
println(/ends with dollar $/)
