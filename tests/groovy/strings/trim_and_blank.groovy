println '[' + '  a b \n'.trim() + ']'
println '   '.isAllWhitespace()
println ''.isEmpty()
println ' '.isEmpty()
println '  x '.strip() + '|'
println ' '.isBlank()
println "  ${1 + 1} ".trim() + '|'
println ' a '.stripLeading() + '|' + ' a '.stripTrailing() + '|'
