import { describe, expect, it } from 'vitest'
import { indentXml } from '../../../../renderer/query/grid/xml-indent'

describe('indented XML', () => {
  it('has each tag on a line, and text beside its tags', () => {
    const text =
      '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a b="1>0"><!-- <c> --><c/><d>x &amp; y</d><e></e>tail</a>'

    expect(indentXml(text)).toBe(
      [
        '<?xml version="1.0"?>',
        '<!DOCTYPE a [<!ENTITY x "y">]>',
        '<a b="1>0">',
        '  <!-- <c> -->',
        '  <c/>',
        '  <d>x &amp; y</d>',
        '  <e></e>',
        '  tail',
        '</a>',
      ].join('\n'),
    )
  })

  it('leaves CDATA as it is', () => {
    expect(indentXml('<a><![CDATA[</a> <b>]]></a>')).toBe('<a>\n  <![CDATA[</a> <b>]]>\n</a>')
  })

  it.each(['', '<a>', '<a></b>', '</a>', '<a', '<a><!-- x</a>'])('is none for %j', (text) => {
    expect(indentXml(text)).toBeNull()
  })
})
