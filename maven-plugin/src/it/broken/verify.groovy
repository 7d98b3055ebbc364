def log = new File(basedir, 'build.log').text.replace('\\', '/')
assert log.contains('src/main/nn/com/example/digits.nn [4:7]: NN0203: the inner dimensions of `@` differ: 128 and 256')
assert log.contains('1 error in a .nn program')
assert !new File(basedir, 'target/generated-sources/nn').exists()
