/** Tests of the package of the same name. */
@NullMarked
package io.github.mdetr.examples.synthetic.caption;

import org.jspecify.annotations.NullMarked;
