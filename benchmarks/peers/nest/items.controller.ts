import { Body, Controller, Get, NotFoundException, Param, ParseIntPipe, Put, UseGuards } from '@nestjs/common'
import { AuthGuard } from '@nestjs/passport'

import { find, page, replace, type Item } from '#menu'
import { WrappedItemDto } from './item.dto.js'
import { Permissions, PermissionsGuard } from './permissions.js'

@Controller('items')
export class ItemsController {
  @Get()
  menu(): Record<string, Item> {
    return page()
  }

  @Get(':id')
  item(@Param('id', ParseIntPipe) id: number): Item {
    return found(find(id))
  }

  @UseGuards(AuthGuard('jwt'), PermissionsGuard)
  @Permissions('update:items')
  @Put(':id')
  replace(@Param('id', ParseIntPipe) id: number, @Body() { item }: WrappedItemDto): Item {
    return found(replace(id, item))
  }
}

function found(item: Item | undefined): Item {
  if (item === undefined) throw new NotFoundException()
  return item
}
