/* What the files of the accelerator share.

A twin is the compiled form of one function of the runtime, its reference.  It does the ordinary
cases itself and calls the reference for everything else: rare types, what is out of range, every
error.  So no rule and no message stands here; where a twin is unsure, it asks.

The twin is a built-in function whose `self` is the reference (`twin.__self__` from Python). */

#ifndef WFC_TWINS_H
#define WFC_TWINS_H

#define PY_SSIZE_T_CLEAN
#define Py_LIMITED_API 0x030b0000
#include <Python.h>

/* The parameters of every twin: as METH_FASTCALL | METH_KEYWORDS has them. */
#define TWIN(name)                                                                              \
    PyObject *name(PyObject *reference, PyObject *const *args, Py_ssize_t count, PyObject *names)

/* The reference, called as the twin was. */
#define REFER() refer(reference, args, count, names)

/* Whether a twin got this many arguments, all by position. */
#define GOT(expected) (count == (expected) && names == NULL)

TWIN(refer);

/* arithmetic.c */
void prepare_arithmetic(void);
TWIN(string);
TWIN(add);
TWIN(sub);
TWIN(mul);
TWIN(division);
TWIN(floordiv);
TWIN(mod);
TWIN(neg);

/* operators.c */
TWIN(lt);
TWIN(le);
TWIN(gt);
TWIN(ge);
TWIN(equal);
TWIN(ne);
TWIN(is_in);
TWIN(truth);
TWIN(item);
TWIN(put);
TWIN(key);
TWIN(each);
TWIN(length);
TWIN(default_);

/* stdlib.c */
TWIN(keys);
TWIN(get);
TWIN(concat);
TWIN(maximum);
TWIN(minimum);
TWIN(text);
TWIN(integer);
TWIN(number);

/* values.c */
TWIN(copy);
TWIN(plain);
TWIN(deeper_than);

/* jsontext.c */
TWIN(compact);
TWIN(check);
TWIN(read_integer);
TWIN(read_double);

/* text.c */
TWIN(split);
TWIN(replace_all);
TWIN(substring);
TWIN(find_all);
TWIN(to_lower);
TWIN(to_upper);

/* Exactly these types: a boolean is no integer, and a subclass is for the reference. */
static inline int
is_list(PyObject *value)
{
    return PyList_CheckExact(value);
}

static inline int
is_map(PyObject *value)
{
    return PyDict_CheckExact(value);
}

static inline int
is_text(PyObject *value)
{
    return PyUnicode_CheckExact(value);
}

static inline int
is_double(PyObject *value)
{
    return PyFloat_CheckExact(value);
}

static inline int
is_number(PyObject *value)
{
    return PyFloat_CheckExact(value) || PyLong_CheckExact(value);
}

static inline int
is_key(PyObject *value)
{
    return PyUnicode_CheckExact(value) || PyLong_CheckExact(value);
}

/* Whether `value` is an integer of 64 bits, and which. */
static inline int
is_integer(PyObject *value, long long *number)
{
    int overflow;
    if (!PyLong_CheckExact(value)) {
        return 0;
    }
    *number = PyLong_AsLongLongAndOverflow(value, &overflow);
    return !overflow;
}

/* Whether `value` is a text of ASCII alone, which has no half of a surrogate pair.  Other text keeps
its UTF-8 from now on: the limited API has no cheaper way to ask. */
static inline int
is_ascii(PyObject *value)
{
    Py_ssize_t octets;
    if (!is_text(value)) {
        return 0;
    }
    if (PyUnicode_AsUTF8AndSize(value, &octets) == NULL) {
        PyErr_Clear();
        return 0;
    }
    return octets == PyUnicode_GetLength(value);
}

/* The text of a double that Python writes without exponent; NULL without an error for others. */
PyObject *text_of_double(PyObject *value);

/* As deep as the twins recurse; MAX_DEPTH of values.py, below which no reference fails. */
#define DEEPEST 500

#endif
