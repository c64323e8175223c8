// groovy.util.Eval: expressions as text, with up to three names.

static Object me(Class<groovy.util.Eval> self, String expression) {
    return groovy.util.Eval.me(null, null, expression)
}

static Object me(Class<groovy.util.Eval> self, String symbol, Object object, String expression) {
    def names = new Binding()
    if (symbol != null) {
        names.setVariable(symbol, object)
    }
    return new GroovyShell(names).evaluate(expression)
}

static Object x(Class<groovy.util.Eval> self, Object x, String expression) {
    return groovy.util.Eval.me('x', x, expression)
}

static Object xy(Class<groovy.util.Eval> self, Object x, Object y, String expression) {
    return new GroovyShell(new Binding([x: x, y: y])).evaluate(expression)
}

static Object xyz(Class<groovy.util.Eval> self, Object x, Object y, Object z, String expression) {
    return new GroovyShell(new Binding([x: x, y: y, z: z])).evaluate(expression)
}
