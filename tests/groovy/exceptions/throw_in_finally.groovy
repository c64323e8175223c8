try {
    try { throw new Exception('first') } finally { throw new Exception('second') }
} catch (e) { println e.message }
