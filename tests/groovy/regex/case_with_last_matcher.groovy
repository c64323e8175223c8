import java.util.regex.Matcher
def f(s) {
    switch (s) {
        case ~/v(\d+)/: return "version ${Matcher.lastMatcher[0][1]}"
        default: return 'none'
    }
}
println f('v12')
println f('x')
