class MyError extends Exception { MyError(String m) { super("wrapped: $m") } }
throw new MyError('x')
