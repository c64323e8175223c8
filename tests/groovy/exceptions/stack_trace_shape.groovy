try { throw new Exception('x') } catch (e) {
    println e.stackTrace.length > 0
    println e.getStackTrace()[0].class.simpleName
    println e.stackTrace.any { it.className == 'stack_trace_shape' }
    println e.stackTrace.find { it.className == 'stack_trace_shape' }.lineNumber
}
