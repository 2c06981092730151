declare module '*?worker&url' {
  const url: string
  // biome-ignore lint/style/noDefaultExport: this is the shape of Vite's module
  export default url
}
