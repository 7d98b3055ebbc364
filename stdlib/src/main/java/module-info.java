/// The standard library: `.nn` files, and no Java.
module org.nnlang.stdlib {}
