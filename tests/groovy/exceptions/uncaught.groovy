println 'before'
throw new IllegalStateException('not caught')
