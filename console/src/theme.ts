import { createTheme, type MantineColorsTuple } from '@mantine/core'

// Ember: the one accent. Shade 8 is the brand colour; filled buttons use 9, on which white text meets AA.
const ember: MantineColorsTuple = [
  '#fff1e8', '#ffe2d1', '#fcc5a5', '#f9a575', '#f68a4c', '#f47832', '#f26e23', '#ee6314', '#e8590c', '#b8430a',
]

// Mantine's dark greys, turned to the blue-black of the watch-room.
const night: MantineColorsTuple = [
  '#e5e9f0', '#b8c1cf', '#9ba7b9', '#7a879a', '#3a4657', '#28313e', '#1b222d', '#161c25', '#0e1218', '#0a0d12',
]

export const theme = createTheme({
  primaryColor: 'ember',
  primaryShade: { light: 9, dark: 9 },
  colors: { ember, dark: night },
  fontFamily: 'var(--h-font)',
  fontFamilyMonospace: 'var(--h-mono)',
  defaultRadius: 6,
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '18px' },
  headings: { fontFamily: 'var(--h-font)' },
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle', color: 'gray' } },
    TextInput: { defaultProps: { size: 'xs' } },
    PasswordInput: { defaultProps: { size: 'sm' } },
    Textarea: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false } },
    Checkbox: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'sm' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, fz: 12 } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 } } },
    Menu: { defaultProps: { shadow: 'md', withinPortal: true } },
  },
})
